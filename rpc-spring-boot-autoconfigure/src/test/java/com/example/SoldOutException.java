package com.example;

/** Somebody else has the seat. */
class SoldOutException extends RuntimeException {

    private final String seat;

    SoldOutException(String seat) {
        this.seat = seat;
    }

    String seat() {
        return this.seat;
    }

}
