/** A title within a sentence: `Service time, p99` → `service time, p99`; `CPU time per request` stays. */
export function inSentence(title: string): string {
  return /^\p{Lu}(?=\p{Ll})/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}
