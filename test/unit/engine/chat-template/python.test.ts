import { describe, expect, test } from "vitest";
import { parseTemplate } from "../../../../src/engine/chat-template/jinja-template.ts";
import { strftime } from "../../../../src/engine/chat-template/strftime.ts";

const write = (source: string, variables = {}) => parseTemplate(source).render(variables, 0);

/** Each was tried with jinja2 3.1. */
describe("a template writes as in jinja2", () => {
  test.each([
    ["strip with characters", "{{ '\\n\\n  a\\n'.strip('\\n') }}", "  a"],
    ["lstrip with characters", "{{ '\\n  a'.lstrip('\\n') }}", "  a"],
    ["strip of Python's blanks", "[{{ '\\x1f\\ufeffa\\x85'.strip() }}]", "[\ufeffa]"],
    ["the filter trim", "[{{ '\\x1f\\ufeffa ' | trim }}]", "[\ufeffa]"],
    ["format", "{{ '<{}:{}>'.format('a', 1) }} {{ '{1}{0}{{}}'.format('a', 'b') }}", "<a:1> ba{}"],
    ["rsplit", "{{ 'a,b,c'.rsplit(',', 1)[0] }}", "a,b"],
    ["splitlines", "{{ 'a\\n\\nb\\r\\n'.splitlines() | join('|') }}", "a||b"],
    ["partition", "{{ 'a=b=c'.partition('=')[2] }} {{ 'a=b=c'.rpartition('=')[0] }}", "b=c a=b"],
    ["prefixes", "{{ 'abc'.removeprefix('a') }}{{ 'abc'.removesuffix('c') }}", "bcab"],
    ["find", "{{ 'abcb'.find('b') }}{{ 'abcb'.rfind('b') }}{{ 'a'.find('z') }}", "13-1"],
    ["capitalize", "{{ 'aBC'.capitalize() }}", "Abc"],
    ["join", "{{ ', '.join(['a', 'b']) }}", "a, b"],
    ["length in characters", "{{ '👍x' | length }}", "2"],
    ["truth values", "{{ true }} {{ true ~ none }} {{ false | string }}", "True TrueNone False"],
    [
      "equality by kind",
      "{{ '' == 0 }} {{ 1 == true }} {{ [1] == [1] }} {{ none == x }}",
      "False True True False",
    ],
    [
      "integer keys",
      "{% set d = {9: 'a', 10: 'b'} %}{{ d[10] }}{% for k in d %}{{ k + 1 }}{% endfor %}",
      "b1011",
    ],
    [
      "sorted integer keys",
      "{% for k, v in {10: 'b', 9: 'a'} | dictsort %}{{ k }}{{ v }}{% endfor %}",
      "9a10b",
    ],
    [
      "filters of nothing",
      "{{ none | selectattr('a') | list | length }}{{ x | map(attribute='a') | list | length }}",
      "00",
    ],
    [
      "loops over nothing and text",
      "{% for a in x %}{{ a }}{% endfor %}{% for a in 'bc' if a != 'b' %}{{ a }}{% endfor %}",
      "c",
    ],
    [
      "ranges",
      "{{ range(3) | join }}{{ range(1, 6, 2) | join }}{{ range(2, 0, -1) | join }}",
      "01213521",
    ],
    ["generation blocks", "{% generation %}a{% endgeneration %}", "a"],
    ["line ends", "a\r\nb{% if true %}\r\nc{% endif %}", "a\nbc"],
  ])("%s", (_, source, text) => {
    expect(write(source)).toBe(text);
  });

  test("a field of a format that it does not know is refused", () => {
    expect(() => write("{{ '{:>8}'.format(1) }}")).toThrow("{:>8} is not supported");
  });
});

describe("strftime", () => {
  const date = new Date(2026, 0, 5, 13, 7, 9);

  test.each([
    ["%Y-%m-%d", "2026-01-05"],
    ["%d %b %Y, %B %y", "05 Jan 2026, January 26"],
    ["%A %a %w %j", "Monday Mon 1 005"],
    ["%H:%M:%S %I %p", "13:07:09 01 PM"],
    ["%-d.%-m. %e %F %T %D", "5.1.  5 2026-01-05 13:07:09 01/05/26"],
    ["100%% %Q", "100% %Q"],
  ])("writes %s", (format, text) => {
    expect(strftime(date, format)).toBe(text);
  });
});
