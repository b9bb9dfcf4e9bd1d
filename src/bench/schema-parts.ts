import { z } from "zod";

/** How many of something. */
export const count = z.int().min(0);
export const number = z.number();
/** Null where there is nothing to divide by. */
export const rate = z.number().nullable();
/** JSON has no NaN: a rate of nothing by nothing is null. */
export const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
export const time = z.number().nullable().describe("null where node-llama-cpp does not tell");
export const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
