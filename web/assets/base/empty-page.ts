/** For the unit tests, which have no browser: modules that look at their page when they are loaded
 * find an empty one. */

Object.assign(globalThis, { document: { querySelector: () => null } });
