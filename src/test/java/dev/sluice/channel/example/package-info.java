/** The example of how to add a channel. */
@NullMarked
package dev.sluice.channel.example;

import org.jspecify.annotations.NullMarked;
