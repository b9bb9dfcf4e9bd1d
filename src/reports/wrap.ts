/** Breaks a text at spaces so that no line is longer than `width`, longer words excepted. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || longer.length <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** A text behind a name, its further lines below its first word. */
export function hanging(
  name: string,
  text: string,
  width: number,
  paintName: (text: string) => string,
): string[] {
  const indent = " ".repeat(name.length);
  return wrap(text, width - name.length).map(
    (line, i) => (i === 0 ? paintName(name) : indent) + line,
  );
}
