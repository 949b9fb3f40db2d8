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
