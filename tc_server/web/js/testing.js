// @ts-check
/** What the device test asks the server, and what it shows there. */

import { ask as request } from './requests.js'

/** @typedef {import('./figures.js').Figures & {result: import('./figures.js').Result, audio: boolean, video: boolean, relay: import('./figures.js').Transport | null}} Shown */

/** What to connect with. */
export function prepare() {
  return /** @type {Promise<import('./roster.js').Ice>} */ (request('POST', '/echo/ice'))
}

/** Call the echo with an offer. @param {string} sdp */
export function ask(sdp) {
  return /** @type {Promise<{sdp: string, ice: import('./roster.js').Ice}>} */ (request('POST', '/echo', undefined, { sdp }))
}

/** Let staff see the result. @param {string} session_id @param {Shown} result */
export function show(session_id, result) {
  return request('POST', `/sessions/${session_id}/device-test`, undefined, result)
}
