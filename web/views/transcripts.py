from flask import Blueprint

blueprint = Blueprint("transcripts", __name__)
