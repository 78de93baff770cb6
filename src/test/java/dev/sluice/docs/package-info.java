/** Tests that hold the documents and the code together. */
@NullMarked
package dev.sluice.docs;

import org.jspecify.annotations.NullMarked;
