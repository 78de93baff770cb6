/** Hostile input over the published OpenAPI document: {@code bin/fuzz}. */
@NullMarked
package dev.sluice.fuzz;

import org.jspecify.annotations.NullMarked;
