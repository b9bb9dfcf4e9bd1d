import * as library from "@huggingface/jinja";

/** A value while a template runs; `type` is for example "StringValue". */
export interface Value {
  readonly type: string;
  readonly value: unknown;
  __bool__(): { readonly value: boolean };
  toString(): string;
}

/** A node of a parsed template. */
export interface Node {
  readonly type: string;
}

/** Variables by name. */
export interface Scope {
  /** Declares a variable; its value becomes one of the library's. */
  set(name: string, value: unknown): Value;
}

/** What runs a parsed template. */
interface JinjaInterpreter {
  run(program: Node): Value;
  evaluate(node: Node | undefined, scope: Scope): Value;
}

interface JinjaLibrary {
  tokenize(
    source: string,
    options: { readonly lstrip_blocks: boolean; readonly trim_blocks: boolean },
  ): unknown;
  parse(tokens: unknown): Node;
  readonly Environment: new () => Scope;
  readonly Interpreter: new (scope: Scope) => JinjaInterpreter;
}

/**
 * The Jinja library (0.5.11). Its own declarations import modules without file endings, which
 * TypeScript does not follow for ES modules.
 */
export const { tokenize, parse, Environment, Interpreter } = library as unknown as JinjaLibrary;
