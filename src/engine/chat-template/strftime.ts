const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const padded = (value: number, width = 2): string => String(value).padStart(width, "0");

/** Directives of Python's `strftime` in the C locale. */
const directives: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getFullYear()),
  y: (date) => padded(date.getFullYear() % 100),
  m: (date) => padded(date.getMonth() + 1),
  B: (date) => months[date.getMonth()] as string,
  b: (date) => (months[date.getMonth()] as string).slice(0, 3),
  d: (date) => padded(date.getDate()),
  e: (date) => String(date.getDate()).padStart(2, " "),
  A: (date) => days[date.getDay()] as string,
  a: (date) => (days[date.getDay()] as string).slice(0, 3),
  w: (date) => String(date.getDay()),
  j: (date) => padded(dayOfYear(date), 3),
  H: (date) => padded(date.getHours()),
  I: (date) => padded(date.getHours() % 12 || 12),
  p: (date) => (date.getHours() < 12 ? "AM" : "PM"),
  M: (date) => padded(date.getMinutes()),
  S: (date) => padded(date.getSeconds()),
  F: (date) => strftime(date, "%Y-%m-%d"),
  T: (date) => strftime(date, "%H:%M:%S"),
  D: (date) => strftime(date, "%m/%d/%y"),
  "%": () => "%",
};

/**
 * A date in local time as Python's `datetime.strftime` writes it in the C locale. `%-d` drops the
 * padding; an unknown directive stays as it is.
 */
export function strftime(date: Date, format: string): string {
  return format.replace(/%(-?)([A-Za-z%])/g, (whole, dash: string, letter: string) => {
    const written = directives[letter]?.(date);
    if (written === undefined) return whole;
    return dash === "" ? written : written.replace(/^[0 ]+(?=.)/, "");
  });
}

function dayOfYear(date: Date): number {
  const midnight = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight - Date.UTC(date.getFullYear(), 0, 0)) / 86_400_000;
}
