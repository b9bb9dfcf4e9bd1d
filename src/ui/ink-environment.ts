/*
 * Imported before Ink and React, which read the environment when they are loaded; by files without JSX
 * of their own, for its runtime is put before all their imports. React's development
 * build is several times slower and keeps a record of every render. With `CI` set Ink draws nothing
 * before it ends, though whoever has this on a terminal is no log; it is set again for the processes
 * that are started later. Of colours Ink asks stdout, also where it draws on stderr.
 */
process.env.NODE_ENV ??= "production";
const { CI, CONTINUOUS_INTEGRATION, FORCE_COLOR } = process.env;
delete process.env.CI;
delete process.env.CONTINUOUS_INTEGRATION;
if (!process.stdout.isTTY && process.stderr.isTTY) process.env.FORCE_COLOR ??= "1";
await import("ink");
if (FORCE_COLOR === undefined) delete process.env.FORCE_COLOR;
if (CI !== undefined) process.env.CI = CI;
if (CONTINUOUS_INTEGRATION !== undefined) {
  process.env.CONTINUOUS_INTEGRATION = CONTINUOUS_INTEGRATION;
}
