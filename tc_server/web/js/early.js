// @ts-check
/** The screen for who comes too early to what is planned: when it is, and how far away; once it can be joined, it says so by itself. */

import { makeComing } from './coming.js'
import { clock, inWords, opens, until } from './moments.js'
import { fill } from './words.js'

/** How often what is said about the time is looked at again, in milliseconds. */
const LOOK = 15_000
/** How long Join can't be pressed after it came by itself, in milliseconds. */
const STILL = 600

/** @type {ReturnType<typeof makeEarly> | undefined} */
let early

/**
 * Tell somebody for when the conversation is planned.
 * @param {string} planned_at @param {string | null} date the server's clock just now @param {Parameters<typeof makeEarly>[0]} entrance
 */
export function tellTime(planned_at, date, entrance) {
  early = early || makeEarly(entrance)
  early.show(planned_at, date)
}

/**
 * @param {object} entrance
 * @param {(code: string) => void} entrance.stop the link leads nowhere
 * @param {(why: string) => void} entrance.offer show Join again
 */
function makeEarly({ stop, offer }) {
  const token = location.hash.slice(1)
  const language = document.documentElement.lang
  const screen = at('early')
  let planned = 0
  let ahead = 0
  let timer = 0
  makeComing({ token, told: plan, refused })
  at('early-test').setAttribute('href', `/test/${language}#${token}`)
  // A phone that slept was given no time in which to look.
  document.addEventListener('visibilitychange', () => document.hidden || look())
  addEventListener('pageshow', look)
  return { show }

  /** @param {string} planned_at @param {string | null} date */
  function show(planned_at, date) {
    // Clocks of cheap phones are off, some by hours.
    if (date) ahead = Date.parse(date) - Date.now()
    plan(Date.parse(planned_at))
    screen.focus()
    scrollTo(0, 0)
  }

  /** It may have been moved since the page was opened. @param {number} time milliseconds */
  function plan(time) {
    planned = time
    put('planned', inWords(planned, language))
    put('opens', { clock: clock(opens(planned), language) })
    look()
  }

  function look() {
    clearTimeout(timer)
    if (screen.hidden || !screen.isConnected) return
    const now = Date.now() + ahead
    const left = opens(planned) - now
    if (left <= 0) return ready()
    const far = until(planned, now, language)
    if (at('until').textContent !== far) at('until').textContent = far
    timer = window.setTimeout(look, Math.min(left, LOOK))
  }

  /** It can be joined now; nobody is taken in without pressing. */
  function ready() {
    const join = at('join')
    const { activeElement } = document
    const led = activeElement === document.body || screen.contains(activeElement)
    offer('time')
    // A finger that was on its way to what stood here a moment ago must not join.
    join.inert = true
    setTimeout(() => {
      join.inert = false
      if (led) join.focus()
    }, STILL)
  }

  /** Who has come in meanwhile, in another browser, is let in; what a Join answers then says the rest. @param {string} code */
  function refused(code) {
    clearTimeout(timer)
    if (code === 'session_ended') ready()
    else stop(code)
    return true
  }

  /** @param {string} id @param {Record<string, string>} values */
  function put(id, values) {
    at(id).textContent = fill(at(id).dataset.said || '', values)
  }
}

/** @param {string} id @returns {HTMLElement} */
function at(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id))
}
