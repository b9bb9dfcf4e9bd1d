/*
 * Imported before Ink and React, which read the environment when they are loaded. React's development
 * build is several times slower and keeps a record of every render. With `CI` set Ink draws nothing
 * before it ends, though whoever has this on a terminal is no log; it is set again for the processes
 * that are started later.
 */
process.env.NODE_ENV ??= "production";
const { CI, CONTINUOUS_INTEGRATION } = process.env;
delete process.env.CI;
delete process.env.CONTINUOUS_INTEGRATION;
await import("ink");
if (CI !== undefined) process.env.CI = CI;
if (CONTINUOUS_INTEGRATION !== undefined) {
  process.env.CONTINUOUS_INTEGRATION = CONTINUOUS_INTEGRATION;
}
