// @ts-check
/** When a connection that doesn't come up, or broke, is tried anew, and when that has to be explained. Pure. */

/** @typedef {'connecting' | 'connected' | 'reconnecting' | 'stuck'} Standing */
/**
 * @typedef {object} Course of one connection
 * @property {string} connection the browser's `connectionState`
 * @property {boolean} ever whether it was ever connected
 * @property {number} since when it was last connected or, before, made; in milliseconds
 * @property {number} tried when it was last tried anew
 */

/** A radio that changes its cell is back by itself within this time. */
const SHORT_BREAK = 3000
/** With a wrong or spent credential a browser stays `new` for ever and says nothing. */
const NO_ANSWER = 8000
const BETWEEN = 8000
const EXPLAIN = 15_000
/** A credential that ends sooner than this is asked for anew: on a slow line the relay hears of it late. */
const ENOUGH = 10_000

/** Whether what was handed out is no use any more, or soon will be. @param {import('./roster.js').Ice} ice @param {number} now by the server's clock */
export function isSpent({ expires_at }, now) {
  return expires_at !== null && Date.parse(expires_at) - now < ENOUGH
}

/** Whether it is time to try anew. @param {Course} course @param {number} now */
export function isDue({ connection, ever, since, tried }, now) {
  if (connection === 'connected' || connection === 'closed' || now - tried < BETWEEN) return false
  if (connection === 'failed') return true
  return now - since >= (ever ? SHORT_BREAK : NO_ANSWER)
}

/** @param {Course} course @param {number} now @returns {Standing} */
export function standing({ connection, ever, since }, now) {
  if (connection === 'connected') return 'connected'
  if (now - since >= EXPLAIN) return 'stuck'
  return ever ? 'reconnecting' : 'connecting'
}
