// @ts-check
/**
 * What is kept on this device, and only until it is sent: unsent words and the draft, in IndexedDB. Where that can't be
 * had (private windows, some in-app browsers) they stay in memory, and `lasting` says so.
 */

/** @typedef {{client_id: string, session_id: string, text: string, at: number}} Kept */
/**
 * @typedef {object} Outbox
 * @property {boolean} lasting whether a closed page leaves the words unharmed
 * @property {(item: Kept) => void} keep
 * @property {(client_id: string) => void} drop
 * @property {() => Promise<Kept[]>} all of this session, in the order of writing
 * @property {(text: string) => void} keepDraft
 * @property {() => Promise<string>} draft
 * @property {() => Promise<string[]>} words all that is kept, of other sessions too, drafts last
 * @property {() => void} wipe forget everything, of other sessions too
 */

const NAME = 'tc'

/** @param {string} session_id @returns {Promise<Outbox>} */
export async function openOutbox(session_id) {
  try {
    return inDatabase(await database(), session_id)
  } catch {
    return inMemory(session_id)
  }
}

/** @returns {Promise<IDBDatabase>} */
function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('unsent', { keyPath: 'client_id' })
      request.result.createObjectStore('draft')
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
}

/** @param {IDBDatabase} base @param {string} session_id @returns {Outbox} */
function inDatabase(base, session_id) {
  let open = true
  // A quick exit, perhaps in another tab, deletes the database: it must not wait for this page.
  base.onversionchange = () => {
    open = false
    base.close()
  }
  base.onclose = () => {
    open = false
  }

  /** @param {'unsent' | 'draft'} store @param {(store: IDBObjectStore) => IDBRequest} job */
  function write(store, job) {
    if (open) job(base.transaction(store, 'readwrite').objectStore(store))
  }

  /** @template T @param {'unsent' | 'draft'} store @param {(store: IDBObjectStore) => IDBRequest<T>} job @returns {Promise<T | undefined>} */
  function read(store, job) {
    return new Promise((resolve) => {
      if (!open) return resolve(undefined)
      const request = job(base.transaction(store).objectStore(store))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve(undefined)
    })
  }

  return {
    lasting: true,
    keep: (item) => write('unsent', (store) => store.put(item)),
    drop: (client_id) => write('unsent', (store) => store.delete(client_id)),
    all: async () => inOrder(await read('unsent', (store) => store.getAll()) || [], session_id),
    keepDraft: (text) => write('draft', (store) => (text ? store.put(text, session_id) : store.delete(session_id))),
    draft: async () => await read('draft', (store) => store.get(session_id)) || '',
    words: async () => [
      ...(await read('unsent', (store) => store.getAll()) || []).sort(inTime).map(({ text }) => text),
      ...(await read('draft', (store) => store.getAll()) || []),
    ],
    wipe() {
      write('unsent', (store) => store.clear())
      write('draft', (store) => store.clear())
    },
  }
}

/** @param {string} session_id @returns {Outbox} */
function inMemory(session_id) {
  /** @type {Map<string, Kept>} */
  const items = new Map()
  let draft = ''
  return {
    lasting: false,
    keep: (item) => void items.set(item.client_id, item),
    drop: (client_id) => void items.delete(client_id),
    all: async () => inOrder([...items.values()], session_id),
    keepDraft: (text) => {
      draft = text
    },
    draft: async () => draft,
    words: async () => [...[...items.values()].sort(inTime).map(({ text }) => text), draft].filter(Boolean),
    wipe() {
      items.clear()
      draft = ''
    },
  }
}

/** @param {Kept[]} items @param {string} session_id */
function inOrder(items, session_id) {
  return items.filter((item) => item.session_id === session_id).sort(inTime)
}

/** @param {Kept} one @param {Kept} other */
function inTime(one, other) {
  return one.at - other.at
}
