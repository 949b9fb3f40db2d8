// @ts-check
/** Quick exit on a page beside the conversation. It comes before all else of the page and needs nothing of it. */

const { exit } = JSON.parse(document.getElementById('settings')?.textContent || '{}')
/** @type {number[]} */
let presses = []

document.getElementById('quick-exit')?.addEventListener('click', vanish)
document.addEventListener('keydown', ({ key, timeStamp }) => {
  if (key !== 'Escape') return
  presses = [...presses.filter((time) => timeStamp - time < 2000), timeStamp]
  if (presses.length >= 3) vanish()
})

/** What this tab knows goes, something harmless comes. */
function vanish() {
  document.title = '\u00a0'
  document.body.textContent = ''
  try {
    const session = sessionStorage.getItem(location.hash.slice(1))
    // Script can't delete the cookie; the server ends it, and keeps the place in line.
    if (session) fetch(`/api/v1/sessions/${session}/forget-device`, { method: 'POST', keepalive: true }).catch(() => undefined)
    sessionStorage.clear()
    indexedDB.deleteDatabase('tc')
    history.replaceState(null, '', '/')
  } catch {
    // Storage that is blocked holds nothing.
  }
  location.replace(exit)
}
