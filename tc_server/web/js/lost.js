// @ts-check
/** The page for a lost link. It works without this; with it, the language can be chosen at the top as on every page. */

const language = /** @type {HTMLSelectElement} */ (document.getElementById('language'))

language.addEventListener('change', () => location.replace(`/lost/${language.value}${location.search}`))
document.querySelector('.language')?.removeAttribute('hidden')
// The link is there for browsers without scripts; `vanishing.js` leaves without a way back to here.
document.getElementById('quick-exit')?.addEventListener('click', (event) => event.preventDefault())
