// @ts-check
/** Quick exit on a page beside the conversation: what this tab knows goes, something harmless comes. */

/** @param {{exit: string, session: () => string | null}} way where it leads, and which session this browser is in */
export function makeExit({ exit, session }) {
  /** @type {number[]} */
  let presses = []
  document.addEventListener('keydown', ({ key, timeStamp }) => {
    if (key !== 'Escape') return
    presses = [...presses.filter((time) => timeStamp - time < 2000), timeStamp]
    if (presses.length >= 3) vanish()
  })
  return vanish

  function vanish() {
    const id = session()
    document.title = '\u00a0'
    document.body.textContent = ''
    // Script can't delete the cookie; the server ends it, and keeps the place in line.
    if (id) fetch(`/api/v1/sessions/${id}/forget-device`, { method: 'POST', keepalive: true }).catch(() => undefined)
    try {
      sessionStorage.clear()
      indexedDB.deleteDatabase('tc')
      history.replaceState(null, '', '/')
    } catch {
      // Storage that is blocked holds nothing.
    }
    location.replace(exit)
  }
}
