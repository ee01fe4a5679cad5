// Comma-separated values as RFC 4180 has them. A cell that a spreadsheet would run
// as a formula gets an apostrophe in front.
export function toCsv(lines: (string | number)[][]): string {
  const cell = (value: string | number) => {
    let s = String(value)
    if (typeof value === 'string' && /^[=+\-@\t\r]/.test(s)) s = `'${s}`
    return /[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s
  }
  return lines.map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n'
}
