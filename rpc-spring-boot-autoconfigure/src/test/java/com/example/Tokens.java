package com.example;

import org.springframework.stereotype.Component;

/** Stands for whatever gives the application its tokens. */
@Component
class Tokens {

    String current() {
        return "secret";
    }

}
