/** Reads statements of channels and banks, one class per format; knows nothing of our own books. */
@NullMarked
package dev.sluice.reconcile.format;

import org.jspecify.annotations.NullMarked;
