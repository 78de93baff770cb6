/**
 * Simulated histories: the engine's own code on a real PostgreSQL, two instances of it, in a
 * modelled world where one seed decides everything that happens.
 */
@NullMarked
package dev.sluice.simulation;

import org.jspecify.annotations.NullMarked;
