// @ts-check
/** What a page asks the server about a call, by HTTP: with the cookie of a participant, or with the call page's own token. */

/** @typedef {import('./roster.js').Call} Call */
/** @typedef {import('./roster.js').Ice} Ice */
/** @typedef {import('./roster.js').Media} Media */
/** @typedef {ReturnType<typeof makeRequests>} Requests */

const PATIENCE = 15_000
const PAUSE = 3000
const TRIES = 20

/** The server said no, or couldn't be asked (status 0). */
export class Refusal extends Error {
  /** @param {string} code @param {number} status */
  constructor(code, status) {
    super(code)
    this.code = code
    this.status = status
  }
}

/** @param {string} session_id @param {string} [token] */
export function makeRequests(session_id, token) {
  const path = `/sessions/${session_id}/call`
  return {
    live: () => /** @type {Promise<{call: Call | null}>} */ (ask('GET', path, token)),
    /** @param {Media} media */
    accept: (media) => /** @type {Promise<{call: Call, leg: number, ice: Ice}>} */ (ask('POST', `${path}/accept`, token, { media })),
    decline: () => ask('POST', `${path}/decline`, token),
    hangUp: () => insist(() => ask('POST', `${path}/hangup`, token)),
    /** @param {Media} media */
    request: (media) => ask('POST', `${path}/request`, token, { media }),
    ice: () => /** @type {Promise<Ice>} */ (ask('GET', `${path}/ice`, token)),
  }
}

/** Exchange a one-time token for the call that it opens. @param {string} token */
export function enter(token) {
  return /** @type {Promise<{call_token: string, session_id: string, call: Call, me: import('./state.js').Sender, leg: number, ice: Ice}>} */ (
    ask('POST', '/call/enter', undefined, { token })
  )
}

/** @param {string} method @param {string} path @param {string} [token] @param {object} [body] */
async function ask(method, path, token, body) {
  /** @type {Record<string, string>} */
  const headers = token ? { Authorization: `Bearer ${token}` } : {}
  if (body) headers['Content-Type'] = 'application/json'
  const response = await fetch(`/api/v1${path}`, {
    method, headers, body: body && JSON.stringify(body), keepalive: method === 'POST', signal: soon(),
  }).catch(() => {
    throw new Refusal('unreachable', 0)
  })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Refusal(answer.code || 'internal', response.status)
  return answer
}

/**
 * Try for a minute where the server can't be reached: whoever hangs up in a dead spot must not be waited for.
 * @template T @param {() => Promise<T>} step @returns {Promise<T>}
 */
async function insist(step, left = TRIES) {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 0 || left === 0) throw error
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    return insist(step, left - 1)
  }
}

/** A request without an answer must not hold up those after it. */
function soon() {
  return AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined
}
