/** The application of docs/getting-started.md. */
@NullMarked
package com.example;

import org.jspecify.annotations.NullMarked;
