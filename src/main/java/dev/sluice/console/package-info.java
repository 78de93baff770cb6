/** Pages for operators. They hold no data: scripts fetch it from the API with a person's token. */
@NullMarked
package dev.sluice.console;

import org.jspecify.annotations.NullMarked;
