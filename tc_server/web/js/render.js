// @ts-check
/** Draws the state: the only module that changes the room on the screen. Lines of the log are kept as long as they stay the same. */

import { adapt, bubble } from './bubble.js'
import { lines } from './lines.js'
import { isMine } from './state.js'

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./lines.js').Line} Line */

/** @type {Record<import('./state.js').Connection, string>} */
const CONNECTIONS = {
  connecting: 'Connecting…',
  online: 'Connected',
  reconnecting: 'Reconnecting…',
  offline: 'You are offline. What you write is kept and sent later.',
}
const NEAR = 80

/** @param {import('./bubble.js').Context} context @returns {(state: State, now: number) => void} */
export function makeScreen(context) {
  const { words } = context
  const chat = at('chat')
  const newer = at('newer')
  /** @type {Map<string, {line: Line, element: HTMLElement}>} */
  let drawn = new Map()

  let following = true

  newer.addEventListener('click', scrollDown)
  let seen = { top: 0, height: 0 }
  chat.addEventListener('scroll', () => {
    const { scrollTop: top, scrollHeight: height } = chat
    // The browser scrolls too, when content comes and goes: only somebody who scrolls up wants to stay there.
    if (height - top - chat.clientHeight < NEAR) following = true
    else if (top < seen.top && height === seen.height) following = false
    seen = { top, height }
    if (following) newer.hidden = true
  }, { passive: true })
  if (window.ResizeObserver) {
    // The keyboard came up or a photo grew: what was at the bottom stays there.
    const watch = new ResizeObserver(() => following && scrollDown())
    watch.observe(chat)
    watch.observe(at('log'))
  }

  return (state, now) => {
    drawConnection(state)
    drawWaiting(state, now)
    drawCompany(state)
    drawAsk(state, now)
    drawTyping(state, now)
    drawLog(state, now)
  }

  /** @param {State} state */
  function drawConnection({ connection }) {
    const shown = at('connection')
    shown.dataset.state = connection
    say(shown, words.say(CONNECTIONS[connection]))
  }

  /** @param {State} state @param {number} now */
  function drawWaiting({ session, skew }, now) {
    const card = at('waiting')
    card.hidden = !session || session.state !== 'waiting'
    if (!session || card.hidden) return
    if (session.place) {
      const number = words.count(session.place)
      say(at('number'), number)
      say(at('place'), session.place === 1 ? words.say('You are next.') : words.say('You are number {place} in line.', { place: number }))
    }
    const told = at('told')
    told.hidden = !session.told_until
    if (!session.told_until) return
    const minutes = Math.ceil((Date.parse(session.told_until) - now - skew) / 60_000)
    say(told, minutes > 0
      ? words.say('We will be with you in about {minutes}.', { minutes: words.minutes(minutes) })
      : words.say('We will be with you any moment now.'))
  }

  /** @param {State} state */
  function drawCompany({ session }) {
    const shown = at('with')
    const names = session ? session.people.map(({ name }) => name) : []
    const text = !session || session.state === 'waiting' ? ''
      : session.state === 'open' ? words.say('The conversation is still open. Write whenever you like.')
        : session.state === 'active' && names.length ? words.say('You are talking with {names}.', { names: words.list(names) }) : ''
    shown.hidden = !text
    say(shown, text)
  }

  /** Who is in a conversation may ask to be called, once a minute. @param {State} state @param {number} now */
  function drawAsk({ session, call, log, skew }, now) {
    const ask = at('call-request')
    // While a call rings only at others, who has declined it may change their mind.
    const theirs = call && (call.state !== 'ringing' || call.parties.some(({ id, state }) => session && id === session.me.id && /^(ringing|in)$/.test(state)))
    ask.hidden = !session || Boolean(theirs) || !['active', 'open'].includes(session.state)
    const asked = log.some((entry) => entry.kind === 'call_requested' && isMine({ session }, entry) && Date.parse(entry.sent_at) > now + skew - 60_000)
    ask.setAttribute('aria-disabled', String(asked))
    ask.title = words.say(asked ? 'You asked for a call.' : 'Ask for a call')
  }

  /** @param {State} state @param {number} now */
  function drawTyping({ typing }, now) {
    const names = Object.values(typing).filter(({ until }) => until > now).map(({ name }) => name)
    say(at('typing'), names.length ? words.say('{name} is typing…', { name: words.list(names) }) : '')
  }

  /** @param {State} state @param {number} now */
  function drawLog(state, now) {
    const log = at('log')
    const before = drawn
    drawn = new Map()
    /** @type {ChildNode | null} */
    let next = log.firstChild
    for (const line of lines(state, words, now)) {
      if (line.mark) at('room').dataset.talking = 'yes'
      const old = before.get(line.key)
      const kept = old && (same(old.line, line) || adapt(old.element, old.line, line, words))
      const element = old && kept ? old.element : bubble(line, context)
      if (old && !kept) {
        if (next === old.element) next = next.nextSibling
        handFocus(old.element, element)
        old.element.remove()
      }
      if (element === next) next = next.nextSibling
      else log.insertBefore(element, next)
      drawn.set(line.key, { line, element })
    }
    while (next) {
      const gone = next
      next = next.nextSibling
      gone.remove()
    }
    const added = [...drawn.entries()].filter(([key]) => !before.has(key)).map(([, { line }]) => line)
    if (following || added.some(({ unsent }) => unsent)) scrollDown()
    else if (added.some(({ message }) => message && !isMine(state, message))) newer.hidden = false
  }

  /** Whoever was on a button that goes is not thrown back to the start of the page. @param {HTMLElement} from @param {HTMLElement} to */
  function handFocus(from, to) {
    if (!from.contains(document.activeElement)) return
    const button = /** @type {HTMLElement | null} */ (to.querySelector('button, a'))
    setTimeout(() => (button || chat).focus())
  }

  function scrollDown() {
    chat.scrollTop = chat.scrollHeight
    following = true
    newer.hidden = true
  }
}

/** @param {Line} one @param {Line} other */
function same(one, other) {
  return one.message === other.message && one.unsent === other.unsent && one.mark === other.mark
    && one.name === other.name && one.text === other.text
}

/** Change a text only where it differs: screen readers speak what changes. @param {HTMLElement} element @param {string} text */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** Find an element that the page has for certain. @param {string} id @returns {HTMLElement} */
export function at(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id))
}
