// @ts-check
/** Whether somebody comes to what is planned: two buttons, what was answered, and the chance to change one's mind. Words are the page's own. */

import { ask, Refusal } from './requests.js'

/** Problem codes that have words of their own here, if the page has them. */
const SAID = ['slow_down', 'session_ended']
const GONE = ['link_unknown', 'link_revoked', 'link_expired']

/**
 * @param {object} tools
 * @param {string} tools.token the link's secret
 * @param {(planned: number) => void} tools.told for when it is planned, in milliseconds
 * @param {(code: string) => boolean} [tools.refused] whether the page has said by itself that the link leads nowhere
 */
export function makeComing({ token, told, refused }) {
  const root = /** @type {HTMLElement} */ (document.getElementById('coming'))
  const answered = part('answered')
  let busy = false

  root.addEventListener('click', ({ target }) => {
    const pressed = target instanceof Element ? target.closest('button') : null
    if (pressed?.dataset.come) void tell(pressed.dataset.come)
    else if (pressed) change()
  })
  return root

  /** Only a press says something to the server. @param {string} choice */
  async function tell(choice) {
    if (busy) return
    wait(true)
    const answer = await ask('POST', '/join/answer', undefined, { token, coming: choice === 'yes' }).catch((/** @type {Refusal} */ refusal) => refusal)
    // After a quick exit there is no page any more that could say something.
    if (!root.isConnected) return
    wait(false)
    if (answer instanceof Refusal) return fail(answer)
    told(Date.parse(answer.planned_at))
    show(choice)
  }

  /** @param {string} choice */
  function show(choice) {
    only('answer', choice)
    part('asking').hidden = true
    answered.hidden = false
    // The button that was pressed is gone: whoever can't see the screen is led to what is said in its place.
    if (root.offsetParent) answered.focus()
  }

  function change() {
    only('fault', '')
    answered.hidden = true
    part('asking').hidden = false
    root.querySelector('button')?.focus()
  }

  /** @param {Refusal} refusal */
  function fail({ code, status }) {
    const over = GONE.includes(code) || code === 'session_ended'
    if (over && refused?.(code)) return
    if (status === 0) only('fault', navigator.onLine === false ? 'offline' : 'unreachable')
    else if (GONE.includes(code)) only('fault', 'gone')
    else if (SAID.includes(code)) only('fault', code)
    else only('fault', status >= 502 ? 'unreachable' : 'internal')
    // With a link that leads nowhere another press is of no use.
    if (over) part('asking').hidden = true
  }

  /** @param {boolean} now */
  function wait(now) {
    busy = now
    if (now) only('fault', '')
    part('sending').hidden = !now
    for (const button of root.querySelectorAll('[data-come]')) button.setAttribute('aria-disabled', String(now))
  }

  /** Show the one element of a kind that carries this name. @param {'answer' | 'fault'} kind @param {string} name */
  function only(kind, name) {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(`[data-${kind}]`))) {
      element.hidden = element.dataset[kind] !== name
    }
  }

  /** @param {string} name @returns {HTMLElement} */
  function part(name) {
    return /** @type {HTMLElement} */ (root.querySelector(`[data-part="${name}"]`))
  }
}
