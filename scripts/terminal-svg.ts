import type { IBuffer, IBufferCell } from "@xterm/headless";

/** The sixteen colours of a terminal, as a picture shows them: eight plain ones, eight bright. */
const palette = [
  ...["#24273a", "#ed8796", "#a6da95", "#eed49f", "#8aadf4", "#f5bde6", "#8bd5ca", "#b8c0e0"],
  ...["#5b6078", "#ed8796", "#a6da95", "#eed49f", "#8aadf4", "#f5bde6", "#8bd5ca", "#ffffff"],
];
const background = "#1e2030";
const foreground = "#cad3f5";
const cell = { width: 8.4, height: 18, fontSize: 14 };
const margin = 12;

/** Cells of one look that stand side by side. */
interface Run {
  readonly column: number;
  readonly columns: number;
  readonly text: string;
  readonly style: string;
  readonly fill: string | undefined;
}

/** What of a terminal's buffer is drawn. */
export interface Picture {
  readonly title: string;
  /** The first line of the buffer. */
  readonly top: number;
  readonly rows: number;
  readonly columns: number;
}

/** A picture of what a terminal shows. */
export function terminalSvg(buffer: IBuffer, { title, top, rows, columns }: Picture): string {
  const width = Math.ceil(columns * cell.width + 2 * margin);
  const height = rows * cell.height + 2 * margin;
  const lines = Array.from({ length: rows }, (_, row) => lineSvg(buffer, top + row, row));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${cell.fontSize}" xml:space="preserve">`,
    ...lines.filter((line) => line !== ""),
    "</g>",
    "</svg>\n",
  ].join("\n");
}

function lineSvg(buffer: IBuffer, line: number, row: number): string {
  const y = margin + row * cell.height;
  return runsOf(buffer, line)
    .map(({ column, columns, text, style, fill }) => {
      const x = margin + column * cell.width;
      const width = columns * cell.width;
      const box = fill === undefined ? "" : rectangle(x, y, width, fill);
      if (text.trim() === "") return box;
      // Every run is as wide as its cells, whatever font the picture is shown with.
      const place = `x="${x}" y="${y + cell.fontSize}" textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
      return `${box}<text ${place} ${style}>${escaped(text)}</text>`;
    })
    .join("");
}

function rectangle(x: number, y: number, width: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${cell.height}" fill="${fill}"/>`;
}

function runsOf(buffer: IBuffer, line: number): Run[] {
  const cells = buffer.getLine(line);
  if (cells === undefined) return [];
  const runs: Run[] = [];
  for (let column = 0; column < cells.length; column++) {
    const at = cells.getCell(column);
    if (at === undefined || at.getWidth() === 0) continue;
    const [text, columns] = [at.getChars() || " ", at.getWidth()];
    const { style, fill } = lookOf(at);
    const last = runs.at(-1);
    if (last !== undefined && last.style === style && last.fill === fill) {
      runs[runs.length - 1] = { ...last, columns: last.columns + columns, text: last.text + text };
    } else {
      runs.push({ column, columns, text, style, fill });
    }
  }
  return runs;
}

function lookOf(at: IBufferCell): { style: string; fill: string | undefined } {
  const text = at.isFgDefault() ? foreground : colourOf(at.getFgColor(), at.isFgRGB());
  const behind = at.isBgDefault() ? undefined : colourOf(at.getBgColor(), at.isBgRGB());
  const inverse = at.isInverse() !== 0;
  const lines = [
    ...(at.isUnderline() ? ["underline"] : []),
    ...(at.isStrikethrough() ? ["line-through"] : []),
  ];
  const style = [
    `fill="${inverse ? (behind ?? background) : text}"`,
    ...(at.isBold() ? ['font-weight="bold"'] : []),
    ...(at.isItalic() ? ['font-style="italic"'] : []),
    ...(at.isDim() ? ['opacity="0.6"'] : []),
    ...(lines.length > 0 ? [`text-decoration="${lines.join(" ")}"`] : []),
  ].join(" ");
  return { style, fill: inverse ? text : behind };
}

/** A colour of the palette, of the 6 × 6 × 6 cube and the greys behind it, or as it is. */
function colourOf(colour: number, isRgb: boolean): string {
  if (isRgb) return `#${colour.toString(16).padStart(6, "0")}`;
  const named = palette[colour];
  if (named !== undefined) return named;
  if (colour >= 232) return rgb([0, 0, 0].map(() => 8 + (colour - 232) * 10));
  const cube = colour - 16;
  const steps = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return rgb(steps.map((step) => (step === 0 ? 0 : 55 + step * 40)));
}

function rgb(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
