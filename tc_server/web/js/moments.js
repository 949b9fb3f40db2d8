// @ts-check
/** When something planned is, how far away that is, and from when it can be joined: in words, in the phone's own time zone. */

import { midnight, whole } from './words.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** How long before its time the server lets people in. */
const EARLY = 15 * MINUTE

/** From when what is planned can be joined. @param {number} planned milliseconds */
export function opens(planned) {
  return planned - EARLY
}

/** @param {number} planned milliseconds @param {string} language */
export function inWords(planned, language) {
  // Messages tell the date by the calendar that Babel knows: in Persian too, it must be the same one here.
  const date = new Intl.DateTimeFormat(language, { calendar: 'gregory', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  return { date: date.format(planned), clock: wall(planned, language) }
}

/** @param {number} time milliseconds @param {string} language */
export function clock(time, language) {
  return whole(new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }).format(time))
}

/** How far away something is, as people say it. @param {number} time @param {number} now milliseconds @param {string} language */
export function until(time, now, language) {
  const far = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const left = Math.max(0, time - now)
  if (left < 2 * HOUR) return far.format(Math.ceil(left / MINUTE), 'minute')
  if (left < DAY) return far.format(Math.round(left / HOUR), 'hour')
  return far.format(Math.max(1, Math.round((midnight(time) - midnight(now)) / DAY)), 'day')
}

/** The clock on the wall, and whose it is: people who crossed a border see which one is meant. @param {number} time @param {string} language */
function wall(time, language) {
  try {
    const named = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', timeZoneName: 'shortGeneric' })
    const parts = named.formatToParts(time)
    return parts.map(({ value }, at) => (parts[at + 1]?.type === 'timeZoneName' ? value : whole(value))).join('')
  } catch {
    // Who can't name it says no more: an offset would be taken for a part of the time.
    return clock(time, language)
  }
}
