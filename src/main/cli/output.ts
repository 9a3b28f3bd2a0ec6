/** What commands print: one JSON object for programs, or lines for people. */

/** The end of a command that has failed (1), or that was called wrongly (2). */
export type Failure = 1 | 2

export function print({ json }: { json?: boolean }, value: object, lines: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : lines)
}

/** Says in one line what whoever calls should know. */
export function warn(sentence: string): void {
  process.stderr.write(`lanyard: ${sentence.replaceAll('\n', ' ')}\n`)
}

/** Says in one line what is wrong, and what to do, and ends the program. */
export function fail(sentence: string, hint: string | null = null, code: Failure = 1): never {
  warn(hint === null ? sentence : `${sentence}; ${hint}`)
  process.exit(code)
}

/** Columns under their heads; a sentence where there are no rows. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return `${none}\n`
  const lines = [heads.map((head) => head.toUpperCase()), ...rows]
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
