// @ts-check
/** A participant's calls: rings, lets them answer or decline, come in again after a reload, and ask to be called. */

import { makeCard } from './incoming.js'
import { makeRequests, Refusal } from './requests.js'
import { caller, invitation, partyOf } from './roster.js'
import { inLanguage } from './words.js'

/** @typedef {import('./state.js').State} State */

const RING_EVERY = 3000
const PROBLEMS = /** @type {Record<string, string>} */ ({
  call_full: 'Three people are in this call already. Please try again later.',
  no_call: 'The call is over.',
})

/**
 * @param {object} room
 * @param {string} room.id of the session
 * @param {import('./words.js').Settings} room.settings
 * @param {ReturnType<typeof import('./bell.js').makeBell>} room.bell
 * @param {HTMLElement} room.host
 * @param {(frame: import('./state.js').Frame) => boolean} room.send
 * @param {() => void} room.refocus take the focus back from what goes
 */
export async function makePhone({ id, settings, bell, host, send, refocus }) {
  const words = inLanguage({ ...settings, texts: { ...settings.texts, ...(await texts(settings.calls.texts)) } })
  await style(settings.calls.style)
  const requests = makeRequests(id)
  /** @type {ReturnType<typeof makeCard> | null} */
  let card = null
  /** @type {import('./talk.js').Talk | null} */
  let talk = null
  /** @type {State | null} */
  let known = null
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ringing
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let late
  let [busy, problem, left, taken] = [false, '', '', false]

  return { hear, request, vanish }

  /** @param {State} state @param {import('./state.js').Frame} frame that has led to it */
  function hear(state, frame) {
    known = state
    if (frame.type === 'signal') return talk?.signal(frame.sender, frame.data)
    const party = partyOf(state.call, me())
    if (!party || party.state !== 'in') left = ''
    talk?.follow(state.call)
    if (frame.type === 'hello') talk?.again()
    draw()
  }

  function draw() {
    clearTimeout(late)
    const call = known && known.call
    const state = talk || (call && left === call.call_id) ? 'none' : invitation(call, me(), now())
    if (!call || state === 'none') {
      taken = taken && talk === null && call !== null
      ring(false)
      return putAway()
    }
    ring(state === 'ringing' && !busy)
    card = card || makeCard(host, words, { accept, decline })
    card.draw({
      state: taken && state === 'elsewhere' ? 'taken' : state,
      name: caller(call, me()), video: call.media === 'video', busy, problem, possible: 'RTCPeerConnection' in window,
    })
    const until = partyOf(call, me())?.rings_until
    if (state === 'ringing' && until) late = setTimeout(draw, Math.max(100, Date.parse(until) - now() + 100))
  }

  function putAway() {
    const held = card?.holdsFocus()
    card?.remove()
    card = null
    problem = ''
    if (held && !talk) refocus()
  }

  /** @param {boolean} on */
  function ring(on) {
    if (on === (ringing !== undefined)) return
    clearInterval(ringing)
    ringing = undefined
    if (!on) return
    bell.call()
    ringing = setInterval(() => bell.call(), RING_EVERY)
    // While it rings there is time to fetch what the call needs.
    void load().catch(() => undefined)
  }

  async function load() {
    return await import('./talk.js')
  }

  /** @param {import('./roster.js').Media} media */
  async function accept(media) {
    if (busy) return
    settle(true, '')
    try {
      const [{ openTalk }, { call, leg, ice }] = await Promise.all([load(), requests.accept(media)])
      busy = taken = false
      if (!known) return
      // A frame that came meanwhile is newer than this answer.
      const latest = known.call && known.call.call_id === call.call_id && (partyOf(known.call, me())?.leg || 0) >= leg ? known.call : call
      talk = openTalk({ call: latest, me: me(), leg, ice, media, sharp: settings.video === 'sharp', screen: false, host, words, requests, send, now, over })
      draw()
    } catch (error) {
      settle(false, words.say(PROBLEMS[error instanceof Refusal ? error.code : ''] || 'That didn’t work. Please try again.'))
    }
  }

  async function decline() {
    if (busy) return
    settle(true, '')
    await requests.decline().then(() => settle(false, ''), () => settle(false, words.say('That didn’t work. Please try again.')))
  }

  /** @param {boolean} now @param {string} what */
  function settle(now, what) {
    busy = now
    problem = what
    draw()
  }

  /** @param {import('./talk.js').End} how */
  function over(how) {
    const held = document.activeElement === document.body
    if (talk && how === 'hung-up') left = talk.call_id
    talk = null
    taken = how === 'taken'
    draw()
    if (held) refocus()
  }

  /** Ask staff for a call; whether that got through. */
  async function request() {
    return requests.request('audio').then(() => true, () => false)
  }

  /** Quick exit, or the end of the session: nobody listens any more from this moment. */
  function vanish() {
    clearInterval(ringing)
    clearTimeout(late)
    talk?.vanish()
    card?.remove()
    talk = card = known = null
  }

  function me() {
    return known && known.session ? known.session.me.id : ''
  }

  function now() {
    return Date.now() + (known ? known.skew : 0)
  }
}

/** Load the looks of calls; without them they are plain, but there. @param {string} href */
function style(href) {
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href })
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve
    document.head.append(link)
  })
}

/** Fetch the texts of calls; without them they are in English. @param {string} url @returns {Promise<Record<string, string>>} */
async function texts(url) {
  return fetch(url).then((answer) => (answer.ok ? answer.json() : {}), () => ({}))
}
