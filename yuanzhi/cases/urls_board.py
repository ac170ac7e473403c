"""Pages of escalation: the board, one basket, what the community has agreed on."""

from django.urls import path

from .views import board, terms

board_urls = [
    path("cases/board/", board.board, name="board"),
    path("cases/board/<slug:code>/", board.rows, name="board_rows"),
    path("cases/terms/", terms.terms, name="terms"),
]
