/**
 * Bugs planted from outside into the engine's classes as they are loaded, to find out whether the
 * tests notice.
 */
package io.djinn.nativetests.planted;
