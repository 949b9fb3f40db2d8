// @ts-check
/** Somebody who tests while they wait stays in line, and is told when it is their turn. */

import { openStream } from './stream.js'

/** @param {string} session_id @param {(here: boolean) => void} turn whether somebody is there for them @param {() => void} gone the session is over, or this browser is no longer in it */
export function stayInLine(session_id, turn, gone) {
  const stream = openStream(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream?session=${session_id}`, {
    frame: hear,
    link: () => undefined,
    refused: gone,
  })
  addEventListener('online', () => stream.wake())
  addEventListener('offline', () => stream.lost())
  document.addEventListener('visibilitychange', () => !document.hidden && stream.wake())
  return () => stream.end()

  /** @param {import('./state.js').Frame} frame */
  function hear(frame) {
    const session = frame.type === 'session' ? frame : frame.type === 'hello' ? (frame.sessions || [])[0] : null
    const calls = frame.type === 'call' && frame.state !== 'ended'
    if (calls) turn(true)
    if (!session) return
    if (['closed', 'cancelled', 'erased'].includes(session.state)) gone()
    else turn(session.state === 'active')
  }
}
