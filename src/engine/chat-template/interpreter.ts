import { type IntegerEntry, integerKeyed } from "./integer-keys.ts";
import { Interpreter, type Node, type Scope, type Value } from "./jinja-library.ts";
import { isEqual, isScalar, jinjaValue, pythonText } from "./jinja-values.ts";
import { type Argument, stringMethods, strip } from "./python-strings.ts";

/** Nodes of the library's syntax tree, as far as they are looked into here. */
interface NameNode extends Node {
  readonly value: string;
}
interface ObjectNode extends Node {
  readonly value: ReadonlyMap<Node, Node>;
}
interface MemberNode extends Node {
  readonly object: Node;
  readonly property: Node;
  readonly computed: boolean;
}
interface FilterNode extends Node {
  readonly operand: Node;
  /** A name, or a call of one. */
  readonly filter: Partial<NameNode> & {
    readonly callee?: NameNode;
    readonly args?: readonly Node[];
  };
}
interface BinaryNode extends Node {
  readonly left: Node;
  readonly right: Node;
  readonly operator: { readonly value: string };
}
interface LoopNode extends Node {
  /** The list, or a "SelectExpression" where the loop has a condition. */
  readonly iterable: Node & { readonly lhs?: Node };
}
/** A node that was evaluated before, so that nothing in it runs twice. */
interface EvaluatedNode extends Node {
  readonly type: "Evaluated";
  readonly result: Value;
}

/** Filters that are lazy in jinja2 and give nothing for `none`, where the library fails. */
const lazyFilters = new Set(["select", "reject", "selectattr", "rejectattr", "map"]);

/**
 * The Jinja library's interpreter, with what chat templates need beyond it. The library was seen to
 * fail or to differ from jinja2 in each of these cases:
 *
 * - It refuses integer keys of an object (ByteDance-Seed-OSS).
 * - It refuses `none | selectattr(…)` (meetkai-functionary-medium-v3.1).
 * - It lacks `str.format` (tencent-Hy3) and other methods of `str`.
 * - Its `strip("\n")` ignores the argument, and its `length` counts UTF-16 units.
 * - Its `==` compares as JavaScript does (`"" == 0`), and its `~` fails on `none`.
 * - It refuses loops over an undefined value (llama-cpp-deepseek-r1) or over text.
 * - It writes `true` where Python writes `True`.
 */
export class TemplateInterpreter extends Interpreter {
  readonly #integerKeyed = new WeakSet<Value>();

  override evaluate(node: Node | undefined, scope: Scope): Value {
    const result = this.#evaluate(node, scope);
    // The library writes results by this method.
    if (result?.type === "BooleanValue") result.toString = () => pythonText(result);
    return result;
  }

  #evaluate(node: Node | undefined, scope: Scope): Value {
    switch (node?.type) {
      case "Evaluated":
        return (node as EvaluatedNode).result;
      case "ObjectLiteral":
        return this.#object(node as ObjectNode, scope);
      case "MemberExpression":
        return this.#member(node as MemberNode, scope);
      case "FilterExpression":
        return this.#filter(node as FilterNode, scope);
      case "For":
        return this.#loop(node as LoopNode, scope);
      case "BinaryExpression":
        return this.#binary(node as BinaryNode, scope);
      default:
        return super.evaluate(node, scope);
    }
  }

  #object(node: ObjectNode, scope: Scope): Value {
    const entries = [...node.value].map(
      ([key, value]) => [this.evaluate(key, scope), this.evaluate(value, scope)] as const,
    );
    if (entries.length > 0 && entries.every(([key]) => key.type === "IntegerValue")) {
      const object = integerKeyed(
        entries.map(([key, value]): IntegerEntry => [Number(key.value), value]),
      );
      this.#integerKeyed.add(object);
      return object;
    }
    const value = new Map(entries.map(([key, item]) => [evaluated(key), evaluated(item)]));
    return super.evaluate({ ...node, value } as ObjectNode, scope);
  }

  #member(node: MemberNode, scope: Scope): Value {
    const object = this.evaluate(node.object, scope);
    if (!node.computed && object.type === "StringValue") {
      const method = stringMethod(String(object.value), (node.property as NameNode).value);
      if (method !== undefined) return method;
    }
    if (node.computed && this.#integerKeyed.has(object)) {
      const key = String(this.evaluate(node.property, scope).value);
      return (object.value as Map<string, Value>).get(key) ?? jinjaValue(undefined);
    }
    return super.evaluate({ ...node, object: evaluated(object) } as MemberNode, scope);
  }

  #filter(node: FilterNode, scope: Scope): Value {
    const operand = this.evaluate(node.operand, scope);
    const { filter } = node;
    const name = filter.callee?.value ?? filter.value ?? "";
    if (lazyFilters.has(name) && !operand.__bool__().value) return jinjaValue([]);
    if (name === "string" && isScalar(operand)) return jinjaValue(pythonText(operand));
    if (operand.type === "StringValue") {
      const text = String(operand.value);
      if (name === "length" || name === "count") return jinjaValue(Array.from(text).length);
      if (name === "trim") {
        const [characters] = filter.args?.map((argument) => this.evaluate(argument, scope)) ?? [];
        return jinjaValue(strip(text, "both", characters?.value as Argument));
      }
    }
    return super.evaluate({ ...node, operand: evaluated(operand) } as FilterNode, scope);
  }

  #loop(node: LoopNode, scope: Scope): Value {
    const { iterable } = node;
    const list = evaluated(iterated(this.evaluate(iterable.lhs ?? iterable, scope)));
    const changed = iterable.lhs === undefined ? list : { ...iterable, lhs: list };
    return super.evaluate({ ...node, iterable: changed } as LoopNode, scope);
  }

  /** Lists that double would take the memory in one piece, which ends the whole process. */
  #sum(left: Value, right: Value, node: BinaryNode, scope: Scope): Value {
    if (Array.isArray(left.value) && Array.isArray(right.value)) {
      const length = left.value.length + right.value.length;
      if (length > mostEntries) throw new Error(`a list of ${length} entries is too long`);
    }
    return super.evaluate(
      { ...node, left: evaluated(left), right: evaluated(right) } as BinaryNode,
      scope,
    );
  }

  #binary(node: BinaryNode, scope: Scope): Value {
    const operator = node.operator.value;
    const both = () => [this.evaluate(node.left, scope), this.evaluate(node.right, scope)] as const;
    if (operator === "+") return this.#sum(...both(), node, scope);
    if (operator === "~") return jinjaValue(both().map(pythonText).join(""));
    if (operator === "==") return jinjaValue(isEqual(...both()));
    if (operator === "!=") return jinjaValue(!isEqual(...both()));
    return super.evaluate(node, scope);
  }
}

/** Entries of a list that a template may add up. */
const mostEntries = 1_000_000;

function evaluated(result: Value): EvaluatedNode {
  return { type: "Evaluated", result };
}

/** Text is a list of its characters, an undefined value an empty list. */
function iterated(value: Value): Value {
  if (value.type === "UndefinedValue") return jinjaValue([]);
  return value.type === "StringValue" ? jinjaValue(Array.from(String(value.value))) : value;
}

function stringMethod(text: string, name: string): Value | undefined {
  if (!Object.hasOwn(stringMethods, name)) return undefined;
  const method = stringMethods[name];
  return jinjaValue((...args: Argument[]) => method?.(text, ...args.map(plainArgument)));
}

/** The library hands a list over with its own values in it. */
function plainArgument(argument: Argument): Argument {
  return Array.isArray(argument) ? argument.map((item: Value) => item.value) : argument;
}
