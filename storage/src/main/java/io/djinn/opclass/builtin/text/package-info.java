/** Text search. */
package io.djinn.opclass.builtin.text;
