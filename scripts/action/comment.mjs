/** What action.yml runs for `comment: true`: the summary as a comment on the pull request, in place of the one of before. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** GitHub takes 65,536 characters. */
const MOST_CHARACTERS = 60_000
const PAGE = 100

/**
 * Writes the comment. Where there is no pull request, or the token may not write (that of a pull request from a fork cannot), it says so and fails nothing.
 *
 * @param {Readonly<Record<string, string | undefined>>} env that of a step: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH and the variables of action.yml
 * @returns {Promise<string>} what was done, as a line of the log
 */
export async function comment(env) {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_EVENT_PATH: event, BAKEOFF_TOKEN: token } = env
  const number = event && JSON.parse(readFileSync(event, 'utf8')).pull_request?.number
  if (!number) return 'There is no pull request to comment on.'
  const issues = `${api}/repos/${repository}/issues`
  const mark = `<!-- bakeoff: ${env.BAKEOFF_COMMENT_NAME} -->`
  const body = `${mark}\n${shortened(readFileSync(join(env.BAKEOFF_REPORT ?? '', 'summary.md'), 'utf8'))}`
  /** @param {string} method @param {string} url @param {object} [value] */
  const ask = async (method, url, value) => {
    const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` }
    const answer = await fetch(url, { method, headers, ...(value ? { body: JSON.stringify(value) } : {}) })
    if (!answer.ok) throw new Refused(answer.status)
    return answer.json()
  }
  try {
    const before = await commentWith(mark, (page) =>
      ask('GET', `${issues}/${number}/comments?per_page=${PAGE}&page=${page}`),
    )
    if (before === null) await ask('POST', `${issues}/${number}/comments`, { body })
    else await ask('PATCH', `${issues}/comments/${before}`, { body })
    return before === null ? 'The summary is a comment now.' : 'The comment has the new summary.'
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return `::warning::No comment was written: GitHub answered ${error.status}. The step needs the permission pull-requests (write), which a pull request from a fork cannot have. The summary of the job has the same.`
  }
}

class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`answered ${status}`)
    this.status = status
  }
}

/**
 * The id of the comment that has the mark; null: there is none.
 *
 * @param {string} mark
 * @param {(page: number) => Promise<readonly { readonly id: number, readonly body?: string }[]>} pageOf
 */
async function commentWith(mark, pageOf) {
  for (let page = 1; ; page++) {
    const comments = await pageOf(page)
    const found = comments.find(({ body }) => body?.startsWith(mark))
    if (found !== undefined) return found.id
    if (comments.length < PAGE) return null
  }
}

/** A summary as far as a comment has room for it, up to the end of a line. @param {string} text */
function shortened(text) {
  if (text.length <= MOST_CHARACTERS) return text
  return `${text.slice(0, text.lastIndexOf('\n', MOST_CHARACTERS))}\n\nCut here: the summary of the job has the rest.\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await comment(process.env)}\n`)
