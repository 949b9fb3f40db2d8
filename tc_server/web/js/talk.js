// @ts-check
/**
 * Being in a call: brings one's own devices, the connections, the watch over the line and the panel together. The same for
 * whoever is in: how one got in, and what comes after, is for those who open it.
 */

import { stayAwake } from './awake.js'
import { makeMedia } from './media.js'
import { makeMesh } from './mesh.js'
import { monitor } from './monitor.js'
import { makePanel } from './panel.js'
import { absent, isTakenOver, partyOf } from './roster.js'
import { notes, situation } from './situation.js'

/** @typedef {import('./roster.js').Call} Call */
/** @typedef {ReturnType<typeof openTalk>} Talk */
/** @typedef {'hung-up' | 'ended' | 'taken'} End */

/** @type {Record<string, string>} */
const ABSENT = { expected: 'Ringing…', ringing: 'Ringing…', declined: 'Declined', missed: 'No answer', left: 'Has left' }

/**
 * @param {object} entry
 * @param {Call} entry.call
 * @param {string} entry.me
 * @param {number} entry.leg
 * @param {import('./roster.js').Ice} entry.ice
 * @param {import('./roster.js').Media} entry.media whether one's own camera is to be on
 * @param {boolean} entry.sharp whether one's camera keeps detail rather than motion
 * @param {boolean} entry.screen whether showing the screen is offered
 * @param {HTMLElement} entry.host
 * @param {import('./words.js').Words} entry.words
 * @param {import('./requests.js').Requests} entry.requests
 * @param {(frame: import('./state.js').Frame) => boolean} entry.send
 * @param {() => number} entry.now by the server's clock
 * @param {(end: End) => void} entry.over
 */
export function openTalk({ call, me, leg, ice, media: asked, sharp, screen, host, words, requests, send, now, over }) {
  let current = call
  let [silent, drawing, ended] = [false, false, false]
  let reported = ''
  /** @type {Map<string, import('./quality.js').Level>} how the call arrives at others, as they say */
  const elsewhere = new Map()
  const { session_id } = call
  const media = makeMedia(tracksChanged, sharp)
  const mesh = makeMesh({
    me, leg, ice, changed: redraw, tracks: media.tracks(), sending: media.sending(),
    signal: (to, data) => send({ type: 'signal', session_id, to, data }),
    freshIce, now,
  })
  const watch = monitor({ peers: mesh.peers, pictures, changed: watched })
  const panel = makePanel(host, words, {
    mute: () => (media.conditions().audio === 'on' ? media.mute(!media.muted()) : void media.open('audio')),
    camera: () => void media.camera(media.conditions().video !== 'on'),
    flip: () => void media.flip(),
    share: screen && 'getDisplayMedia' in (navigator.mediaDevices || {}) ? () => void media.share() : null,
    hangUp, remedy, silent: () => setSilent(true),
  })
  const sleep = stayAwake()
  const ticking = setInterval(redraw, 1000)
  const connection = /** @type {EventTarget | undefined} */ (/** @type {any} */ (navigator).connection)
  addEventListener('online', tryAnew)
  connection?.addEventListener('change', tryAnew)
  void openDevices()
  // Whoever opened it shall have it in hand before it can end.
  queueMicrotask(() => follow(call))
  return { follow, signal, hear, again, hangUp, vanish, leg, call_id: call.call_id, holdsFocus: panel.holdsFocus }

  async function openDevices() {
    await media.open('audio')
    if (asked === 'video' && !ended) await media.open('video')
  }

  /** The call as it is now, or null once it is over. @param {Call | null} next */
  function follow(next) {
    if (ended) return
    if (!next || next.call_id !== call.call_id || next.state === 'ended') return end('ended')
    if (isTakenOver(next, me, leg)) return end('taken')
    const party = partyOf(next, me)
    // What was on its way before this one came in tells of an earlier leg.
    if (!party || party.leg < leg) return
    if (party.state !== 'in') return end('ended')
    current = next
    mesh.follow(next)
    redraw()
  }

  /** @param {string} sender @param {Record<string, any>} data */
  function signal(sender, data) {
    mesh.take(sender, data)
  }

  /** Somebody says how the call arrives at them. @param {string} sender @param {import('./quality.js').Level} level */
  function hear(sender, level) {
    elsewhere.set(sender, level)
    redraw()
  }

  /** The live link is there again: what was said meanwhile is lost. */
  function again() {
    mesh.all((peer) => void peer.again())
    reported = ''
  }

  /** Another network: the old ways lead nowhere, whatever the browser still believes. */
  function tryAnew() {
    mesh.all((peer) => void peer.restart())
  }

  async function freshIce() {
    return requests.ice().catch((error) => {
      if (error.code === 'no_call') end('ended')
      throw error
    })
  }

  function tracksChanged() {
    if (ended) return
    mesh.send(media.tracks(), media.sending())
    redraw()
  }

  function watched() {
    mesh.all((peer) => {
      peer.hold(watch.audioOnly())
      peer.restrain(watch.limit())
    })
    report()
    redraw()
  }

  /** Tell staff how the line is, when it changes. */
  function report() {
    const quality = { level: watch.level(), audio_only: watch.audioOnly() }
    if (mesh.peers().length === 0 || JSON.stringify(quality) === reported) return
    if (send({ type: 'quality', session_id, ...quality })) reported = JSON.stringify(quality)
  }

  function pictures() {
    return media.sending().video || mesh.peers().some((peer) => peer.theirs().video)
  }

  /** @param {import('./situation.js').Remedy} what */
  function remedy(what) {
    if (what === 'retry-audio') void media.open('audio')
    if (what === 'retry-video') void media.open('video')
    if (what === 'pictures') watch.insist()
    if (what === 'copy') copy(location.href)
    if (what === 'sound') {
      setSilent(false)
      panel.play()
    }
  }

  /** @param {boolean} is */
  function setSilent(is) {
    silent = is
    redraw()
  }

  function redraw() {
    if (ended || drawing) return
    drawing = true
    // Not by animation frames: those stop while the page is hidden, and the bell's mark must not.
    queueMicrotask(draw)
  }

  function draw() {
    drawing = false
    if (ended) return
    const peers = mesh.peers()
    const held = watch.audioOnly()
    const conditions = media.conditions()
    const circumstances = {
      standings: peers.map((peer) => peer.standing()),
      ringing: absent(current, me).some(({ state }) => state === 'ringing'),
      level: watch.level(), audioOnly: held && pictures(), heldByThem: peers.some((peer) => peer.heldByThem()) && media.sending().video,
      refused: peers.some((peer) => peer.refused()), silent, own: conditions,
    }
    panel.draw({
      people: peers.map((peer) => person(peer, held)),
      absent: absent(current, me).map(({ name, state }) => ({ name, state: words.say(ABSENT[state] || '') })),
      situation: situation(circumstances),
      clock: current.answered_at ? words.duration((now() - Date.parse(current.answered_at)) / 1000) : '',
      notes: notes(circumstances),
      picture: media.tracks().video,
      mirrored: media.facing() === 'user' && !media.sending().screen,
      muted: media.muted(), deaf: conditions.audio !== 'on', camera: conditions.video === 'on',
      several: media.cameras() > 1, sharing: media.sending().screen,
    })
  }

  /** @param {import('./peer.js').Peer} peer @param {boolean} held @returns {import('./tiles.js').Person} */
  function person(peer, held) {
    const theirs = peer.theirs()
    const standing = peer.standing()
    const weak = elsewhere.get(peer.id) === 'poor' ? words.say('Weak connection') : ''
    const state = standing === 'connected' ? weak : standing === 'connecting' ? words.say('Connecting…') : words.say('Reconnecting…')
    return {
      id: peer.id, name: partyOf(current, peer.id)?.name || '', stream: peer.stream, voice: theirs.audio,
      picture: theirs.video && !held && standing !== 'connecting', screen: theirs.screen, speaking: watch.speaks(peer.id), state,
    }
  }

  function hangUp() {
    requests.hangUp().catch(() => undefined)
    end('hung-up')
  }

  /** @param {End} how */
  function end(how) {
    if (ended) return
    vanish()
    over(how)
  }

  /** Let go of everything at once. */
  function vanish() {
    ended = true
    clearInterval(ticking)
    removeEventListener('online', tryAnew)
    connection?.removeEventListener('change', tryAnew)
    watch.end()
    mesh.close()
    media.close()
    sleep()
    panel.remove()
  }
}

/** @param {string} text */
function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).catch(() => undefined)
  const box = document.body.appendChild(Object.assign(document.createElement('textarea'), { value: text, className: 'unseen' }))
  box.select()
  document.execCommand('copy')
  box.remove()
}
