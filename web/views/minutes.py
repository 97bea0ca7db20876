from flask import Blueprint

blueprint = Blueprint("minutes", __name__)
