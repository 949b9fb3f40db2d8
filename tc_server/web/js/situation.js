// @ts-check
/** How a call stands, in words: one line on the state, and notes on what is wrong and what can be done. Pure. */

import { explained } from './trouble.js'

/** @typedef {import('./recovery.js').Standing} Standing */
/** @typedef {import('./media.js').Condition} Condition */
/** @typedef {'retry-audio' | 'retry-video' | 'copy' | 'pictures' | 'sound'} Remedy */
/** @typedef {{about: string, text: string, remedies: Remedy[]}} Note */
/**
 * @typedef {object} Circumstances
 * @property {Standing[]} standings of the connections to those who are in
 * @property {boolean} ringing whether somebody is still rung
 * @property {import('./quality.js').Level} level
 * @property {boolean} audioOnly
 * @property {boolean} heldByThem somebody else can't take pictures just now
 * @property {boolean} refused the relay didn't take our credential
 * @property {boolean} silent the browser plays no sound before a tap
 * @property {{audio: Condition, video: Condition}} own
 */

const LEVELS = {
  good: 'Good connection',
  fair: 'The connection is a little weak',
  poor: 'The connection is weak',
  lost: 'Reconnecting…',
}
export const REMEDIES = {
  'retry-audio': 'Try again',
  'retry-video': 'Try again',
  copy: 'Copy the link',
  pictures: 'Show video anyway',
  sound: 'Switch the sound on',
}

/** @param {Circumstances} now @returns {{text: string, mood: 'waiting' | import('./quality.js').Level}} */
export function situation({ standings, ringing, level, refused }) {
  if (!standings.length) return { text: ringing ? 'Ringing…' : 'Waiting for the others…', mood: 'waiting' }
  if (refused || standings.includes('stuck')) return { text: 'Not connected yet', mood: 'lost' }
  if (standings.includes('reconnecting')) return { text: LEVELS.lost, mood: 'lost' }
  if (standings.includes('connecting')) return { text: 'Connecting…', mood: 'waiting' }
  return { text: LEVELS[level], mood: level }
}

/** @param {Circumstances} now @returns {Note[]} */
export function notes({ standings, audioOnly, heldByThem, refused, silent, own }) {
  /** @type {Note[]} */
  const all = []
  if (silent) all.push({ about: 'sound', text: 'Your browser holds the sound back.', remedies: ['sound'] })
  if (refused || standings.includes('stuck')) {
    const text = refused
      ? 'The relay for calls refuses this call. Whoever runs the server can find out why. You can go on writing.'
      : 'The call doesn’t get through this network. We keep trying. Wi-Fi instead of mobile data, or the other way round, may help. You can go on writing.'
    all.push({ about: 'stuck', text, remedies: [] })
  }
  for (const kind of /** @type {const} */ (['audio', 'video'])) {
    const condition = own[kind]
    if (condition === 'asking' && kind === 'audio') {
      all.push({ about: 'asking', text: 'Please allow the microphone, so that the others can hear you.', remedies: [] })
    } else if (condition !== 'off' && condition !== 'on' && condition !== 'asking') {
      all.push({ about: kind, text: explained(kind, condition), remedies: [condition === 'unsupported' ? 'copy' : `retry-${kind}`] })
    }
  }
  if (audioOnly) {
    const text = 'The connection is too weak for video. Voices go first; video comes back by itself.'
    all.push({ about: 'pictures', text, remedies: ['pictures'] })
  } else if (heldByThem) {
    all.push({ about: 'held', text: 'The other side’s connection is too weak for video just now.', remedies: [] })
  }
  return all
}
