/** How set-based SQL is handed to the database: columns of a batch as arrays. */
@NullMarked
package dev.sluice.database;

import org.jspecify.annotations.NullMarked;
