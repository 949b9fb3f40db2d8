// @ts-check
/** One step of the device test on the screen: how it stands, what it has found, what can be pressed. Words are the page's own. */

/** @typedef {'waiting' | 'running' | 'good' | 'fair' | 'bad' | 'skipped'} Standing */
/** @typedef {ReturnType<typeof makeStep>} Step */

/** @param {string} name */
export function makeStep(name) {
  const root = /** @type {HTMLElement} */ (document.querySelector(`[data-step="${name}"]`))
  /** @type {((choice: string) => void) | null} */
  let chosen = null
  root.addEventListener('click', ({ target }) => {
    const pressed = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest('[data-choice]')) : null
    if (pressed?.dataset.choice) chosen?.(pressed.dataset.choice)
  })

  return { stand, tell, offer, choice, find, reset, focus: () => root.querySelector('h2')?.focus() }

  /** @param {Standing} standing */
  function stand(standing) {
    root.dataset.state = standing
    if (standing === 'running') root.setAttribute('aria-current', 'step')
    else root.removeAttribute('aria-current')
  }

  /** Say one thing that this step can find. @param {string} found */
  function tell(found) {
    only('found', (name) => name === found)
  }

  /** Show these parts of the step and no other. @param {string[]} parts */
  function offer(...parts) {
    only('part', (name) => parts.includes(name))
    // What is to be pressed must not lie below the edge of a small screen.
    if (parts.length) root.scrollIntoView({ block: 'nearest' })
  }

  /** Wait until something is pressed here. @param {string[]} parts what is shown meanwhile @returns {Promise<string>} */
  async function choice(...parts) {
    offer(...parts)
    return new Promise((settle) => {
      chosen = (name) => {
        chosen = null
        settle(name)
      }
    })
  }

  /** @template {Element} T @param {string} selector @returns {T} */
  function find(selector) {
    return /** @type {T} */ (root.querySelector(selector))
  }

  function reset() {
    chosen = null
    stand('waiting')
    tell('')
    offer()
  }

  /** @param {'found' | 'part'} kind @param {(name: string) => boolean} shown */
  function only(kind, shown) {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(`[data-${kind}]`))) {
      element.hidden = !shown(element.dataset[kind] || '')
    }
  }
}
