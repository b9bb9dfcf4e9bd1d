import type { Drafting } from "./drafting-effect.ts";
import { type InertAxis, type InertNote, type InertRule, inertAxes } from "./inert-rules.ts";
import type { BenchWarning } from "./report.ts";

/** The values that were given for an option, as they read; undefined where its default holds. */
export type GivenValues = (axis: InertAxis) => string | undefined;

/** A drafting, and which of its values do not act. */
export interface NotedDrafting {
  readonly drafting: Drafting;
  readonly notes: readonly InertNote[];
}

/** Gathers where values do not act, so that each rule is told once. */
export class InertWarnings {
  readonly #given: GivenValues;
  /** By rule: where it holds. */
  readonly #places = new Map<InertRule, Set<string>>();
  /** Rules by which cells came out equal. */
  readonly #equal = new Set<InertRule>();
  /** Axes that act somewhere. */
  readonly #acting = new Set<InertAxis>();

  constructor(given: GivenValues) {
    this.#given = given;
  }

  /** Hears of every drafting, whether it runs or equals another one. */
  add({ drafting, notes }: NotedDrafting): void {
    for (const note of notes) if (note.rule.told !== "equal") this.#add(note);
    for (const axis of inertAxes) {
      const inert = notes.some(({ rule }) => rule.axis === axis);
      if (!inert && valueOn(drafting, axis) !== 0) this.#acting.add(axis);
    }
  }

  /** Hears of a drafting that does not run, since another one is the same with other values. */
  addEqual(running: NotedDrafting, left: NotedDrafting): void {
    for (const note of [...running.notes, ...left.notes]) {
      const { axis } = note.rule;
      if (valueOn(running.drafting, axis) === valueOn(left.drafting, axis)) continue;
      this.#add(note);
      this.#equal.add(note.rule);
    }
  }

  warnings(): BenchWarning[] {
    const rules = [...this.#places].filter(([rule]) => this.#isTold(rule));
    return rules.map(([rule, places]) => {
      const option = `--${rule.axis} ${this.#given(rule.axis)}`;
      const text = rule.text(option, [...places].join(", "));
      const once = this.#equal.has(rule) ? ", so equal cells are run once" : "";
      return {
        code: rule.axis === "accept" ? "typical-is-exact" : "axis-inert",
        text: `${text}${once}`,
        hint: rule.hint,
      };
    });
  }

  #isTold(rule: InertRule): boolean {
    return this.#equal.has(rule) || rule.told !== "alone" || !this.#acting.has(rule.axis);
  }

  #add({ rule, place }: InertNote): void {
    // Nobody asked for what a default does.
    if (this.#given(rule.axis) === undefined) return;
    const places = this.#places.get(rule) ?? new Set();
    this.#places.set(rule, places.add(place));
  }
}

function valueOn(drafting: Drafting, axis: InertAxis): string | number {
  const values = {
    "draft-len": drafting.draftLen,
    "top-k": drafting.topK,
    "tree-size": drafting.treeSize,
    "p-min": drafting.pMin,
    accept: drafting.accept,
  };
  return values[axis];
}
