import type { Options } from "yargs";
import type { Values } from "./config.ts";

/**
 * Options whose help shows their defaults. yargs itself must not fill them in: a value that was not
 * given leaves room for the preset's.
 */
export function withDefaultsShown<O extends Readonly<Record<string, Options>>>(
  options: O,
  defaults: Values,
): O {
  const shown = Object.entries(options).map(([name, option]) => {
    const value = defaults[name];
    if (value === undefined || option.defaultDescription !== undefined) return [name, option];
    return [name, { ...option, defaultDescription: String(value) }];
  });
  return Object.fromEntries(shown) as O;
}
