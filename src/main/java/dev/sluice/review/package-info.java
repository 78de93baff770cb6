/** Questions that a person decides, with their evidence. */
@NullMarked
package dev.sluice.review;

import org.jspecify.annotations.NullMarked;
