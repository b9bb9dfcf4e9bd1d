import { TemplateInterpreter } from "./interpreter.ts";
import { Environment, parse, tokenize } from "./jinja-library.ts";
import { strftime } from "./strftime.ts";

/** A parsed chat template. */
export interface JinjaTemplate {
  /**
   * @param variables what the template may read, as JSON-like data
   * @param now milliseconds since 1970, for templates that write the date
   * @throws Error with the template's own message, or with what the library lacks
   */
  render(variables: Readonly<Record<string, unknown>>, now: number): string;
}

/** Parses a template as Transformers has it parsed; line ends of any kind are line feeds. */
export function parseTemplate(source: string): JinjaTemplate {
  const program = parse(
    tokenize(source.replace(/\r\n?/g, "\n"), { lstrip_blocks: true, trim_blocks: true }),
  );
  return {
    render: (variables, now) => {
      const scope = new Environment();
      const all = { ...constants, ...functionsAt(now), ...variables };
      for (const [name, value] of Object.entries(all)) scope.set(name, value);
      return String(new TemplateInterpreter(scope).run(program).value);
    },
  };
}

const constants = { true: true, True: true, false: false, False: false, none: null, None: null };

function functionsAt(now: number) {
  return {
    range,
    raise_exception: (message: unknown) => {
      throw new Error(String(message));
    },
    strftime_now: (format: string) => strftime(new Date(now), format),
  };
}

/** As jinja2's sandbox, which Transformers renders in. */
const mostNumbers = 100_000;

/** Python's `range`. */
function range(first: number, last?: number | null, step?: number | null): number[] {
  const [start, end] = typeof last === "number" ? [first, last] : [0, first];
  const by = step ?? 1;
  if (by === 0) throw new Error("range() arg 3 must not be zero");
  if (Math.abs((end - start) / by) > mostNumbers) {
    throw new Error(`range is too big: a template may count to ${mostNumbers}`);
  }
  const numbers: number[] = [];
  for (let i = start; by > 0 ? i < end : i > end; i += by) numbers.push(i);
  return numbers;
}
