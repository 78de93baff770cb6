/** What an instance remembers of what it has seen. */
@NullMarked
package dev.sluice.memory;

import org.jspecify.annotations.NullMarked;
