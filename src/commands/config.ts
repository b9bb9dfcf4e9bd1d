/** Where a value comes from, the strongest first. */
export type Origin = "flag" | "environment" | "preset" | "default";

/** Values by option, as a command line would give them; undefined where nothing is said. */
export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** What one origin says. */
export interface Layer<V extends Values> {
  readonly origin: Origin;
  readonly values: { readonly [Option in keyof V]?: V[Option] | undefined };
}

/** The values that count, and where each one comes from. */
export interface Config<V extends Values> {
  readonly values: V;
  readonly origins: Readonly<Record<keyof V, Origin>>;
}

/** What layers say together, the strongest first, before any default. */
export function givenIn<V extends Values>(layers: readonly Layer<V>[]): Values {
  const said = [...layers].reverse().flatMap(({ values }) => Object.entries(values));
  return Object.fromEntries(said.filter(([, value]) => value !== undefined)) as Values;
}

/**
 * Merges what flags, environment and preset say: each option has the value of the first layer that
 * has one, else its default.
 *
 * @param defaults names every option, also those without a default
 * @param layers the strongest first
 */
export function mergeConfig<V extends Values>(defaults: V, layers: readonly Layer<V>[]): Config<V> {
  const all: readonly Layer<V>[] = [...layers, { origin: "default", values: defaults }];
  const chosen = Object.keys(defaults).map((option: keyof V) => {
    const layer = all.find(({ values }) => values[option] !== undefined);
    return [option, layer?.values[option], layer?.origin ?? "default"] as const;
  });
  return {
    values: Object.fromEntries(chosen.map(([option, value]) => [option, value])) as V,
    origins: Object.fromEntries(chosen.map(([option, , origin]) => [option, origin])) as Record<
      keyof V,
      Origin
    >,
  };
}
