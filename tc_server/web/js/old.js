// @ts-check
/** Fetched only by browsers too old for modules: says so, where they would show a button that does nothing. */

var note = document.querySelector('[data-problem="old"]')
if (note) note.removeAttribute('hidden')
